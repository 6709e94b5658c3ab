// Neuroglancer's own parser, shard reader and chunk decoders (datasource/zarr), without its GPU and its workers.
// The loop over chunks is that of its backend.js, the order of dimensions that of its frontend.js.
import fs from "node:fs";
import path from "node:path";
import "#src/datasource/zarr/codec/blosc/resolve.js";
import "#src/datasource/zarr/codec/zstd/resolve.js";
import "#src/datasource/zarr/codec/bytes/resolve.js";
import "#src/datasource/zarr/codec/crc32c/resolve.js";
import "#src/datasource/zarr/codec/gzip/resolve.js";
import "#src/datasource/zarr/codec/sharding_indexed/resolve.js";
import "#src/datasource/zarr/codec/transpose/resolve.js";
import "#src/datasource/zarr/codec/blosc/decode.js";
import "#src/datasource/zarr/codec/zstd/decode.js";
import "#src/datasource/zarr/codec/bytes/decode.js";
import "#src/datasource/zarr/codec/crc32c/decode.js";
import "#src/datasource/zarr/codec/gzip/decode.js";
import "#src/datasource/zarr/codec/sharding_indexed/decode.js";
import "#src/datasource/zarr/codec/transpose/decode.js";
import { applySharding, decodeArray } from "#src/datasource/zarr/codec/decode.js";
import { parseV2Metadata, parseV3Metadata } from "#src/datasource/zarr/metadata/parse.js";
import { ChunkKeyEncoding } from "#src/datasource/zarr/metadata/index.js";
import { handleByteRangeRequestFromUint8Array } from "#src/kvstore/byte_range/file_handle.js";
import { DATA_TYPE_ARRAY_CONSTRUCTOR } from "#src/util/data_type.js";
import { main, give, versionOf } from "./common.mjs";

const signal = new AbortController().signal;
const chunkManager = { addRef() { return this; } };
const product = (numbers) => numbers.reduce((a, b) => a * b, 1);

const files = {
  getUrl: (key) => key,
  async read(key, { byteRange } = {}) {
    if (!fs.existsSync(key)) return undefined;
    return handleByteRangeRequestFromUint8Array(new Uint8Array(fs.readFileSync(key)), byteRange);
  },
};

// the position of a number, the first dimension fastest
function positionOf(number, shape) {
  return shape.map((size) => {
    const at = number % size;
    number = Math.floor(number / size);
    return at;
  });
}

function keyOf(array, coordinates) {
  const { dimensionSeparator: separator } = array;
  if (array.chunkKeyEncoding === ChunkKeyEncoding.DEFAULT) return ["c", ...coordinates].join(separator);
  return coordinates.join(separator) || "0";
}

function metadataOf(job, folder) {
  const load = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
  if (job.format === 3) return parseV3Metadata(load("zarr.json"), "array");
  const attributes = fs.existsSync(path.join(folder, ".zattrs")) ? load(".zattrs") : {};
  return parseV2Metadata(load(".zarray"), attributes, undefined);
}

await main(async (job) => {
  const folder = path.join(job.path, job.array), array = metadataOf(job, folder), { shape, chunkShape } = array;
  const out = new DATA_TYPE_ARRAY_CONSTRUCTOR[array.dataType](product(shape));
  if (array.fillValue !== undefined && array.fillValue !== null) out.fill(array.fillValue);
  const sharded = applySharding(chunkManager, array.codecs, { store: files, path: folder + "/" });
  const { physicalToLogicalDimension, readChunkShape } = array.codecs.layoutInfo[0];
  const dims = Array.from(physicalToLogicalDimension).reverse(); // the fastest dimension first
  const chunk = dims.map((d) => readChunkShape[d]), grid = dims.map((d, f) => Math.ceil(shape[d] / chunk[f]));
  for (let k = 0; k < product(grid); k++) {
    const position = positionOf(k, grid), coordinates = new Array(shape.length);
    dims.forEach((d, f) => { coordinates[d] = Math.floor((position[f] * readChunkShape[d]) / chunkShape[d]); });
    const response = await sharded.kvStore.read(sharded.getChunkKey(position, keyOf(array, coordinates)), { signal });
    if (response === undefined) continue;
    const bytes = new Uint8Array(await response.response.arrayBuffer());
    const decoded = await decodeArray(sharded.decodeCodecs, bytes, signal);
    for (let e = 0; e < product(chunk); e++) {
      const inside = positionOf(e, chunk), at = new Array(shape.length);
      dims.forEach((d, f) => { at[d] = position[f] * chunk[f] + inside[f]; });
      if (at.every((x, d) => x < shape[d])) out[at.reduce((sum, x, d) => sum * shape[d] + x, 0)] = decoded[e];
    }
  }
  return give(out, shape);
}, versionOf("./package"));
