"""Rows of `jenkins_lookup3`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.jenkins_lookup3 import JenkinsLookup3
from zarrcodec_bridge.core.errors import NotRepresentableError

ROWS = [
    Row(
        codec=JenkinsLookup3(),
        v2={"id": "jenkins_lookup3"},
        v3=v3("numcodecs.jenkins_lookup3"),
        also=[
            "jenkins_lookup3",
            {"id": "jenkins_lookup3", "initval": 0, "prefix": None},
            v3("numcodecs.jenkins_lookup3", initval=0, prefix=None),
        ],
        wrong=[
            ({"id": "jenkins_lookup3", "prefix": "ab"}, ("prefix",)),
            ({"id": "jenkins_lookup3", "prefix": [97, 98]}, ("prefix",)),
            ({"id": "jenkins_lookup3", "initval": -1}, ("initval",)),
            ({"id": "jenkins_lookup3", "initval": 2**32}, ("initval",)),
            (
                v3("numcodecs.jenkins_lookup3", prefix=""),
                ("configuration", "prefix"),
            ),
        ],
        targets={"zarrs": NotRepresentableError},
    ),
    Row(
        codec=JenkinsLookup3(initval=2**32 - 1, prefix=None),
        v2={"id": "jenkins_lookup3", "initval": 4294967295, "prefix": None},
        v3=v3("numcodecs.jenkins_lookup3", initval=4294967295, prefix=None),
    ),
]
