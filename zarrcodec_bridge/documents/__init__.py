"""Metadata documents of arrays, groups and hierarchies, in both formats; :mod:`.documents.metadata` is the face.

:mod:`.context` carries one call, :mod:`.members` reads what documents share. :mod:`.arrays_v2` and :mod:`.arrays_v3`
read and write array documents (:mod:`.serializers` completes v3 codecs, :mod:`.missing_chunks` asks what a reader gives
for them), :mod:`.groups` groups, :mod:`.hierarchies` consolidated metadata.
"""
