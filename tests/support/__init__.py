"""What the tests share: the project's data (`shared`) and code that others wrote (`readers`)."""
