"""What a codec, a data type, an option and an error are; it knows no codec and no JSON grammar."""
