// zarrita.js over its file system store.
import * as zarr from "zarrita";
import FileSystemStore from "@zarrita/storage/fs";
import { main, give, versionOf } from "./common.mjs";

function inOrderC(data, shape, stride) {
  const size = [];
  let elements = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    size[d] = elements;
    elements *= shape[d];
  }
  if (shape.every((n, d) => stride[d] === size[d] || n <= 1)) return data.get ? Array.from(data) : data;
  const out = new data.constructor(elements);
  for (let k = 0; k < elements; k++) {
    let rest = k, source = 0;
    for (let d = 0; d < shape.length; d++) {
      source += Math.floor(rest / size[d]) * stride[d];
      rest %= size[d];
    }
    out[k] = data[source];
  }
  return out;
}

await main(async (job) => {
  const root = zarr.root(new FileSystemStore(job.path));
  const array = await zarr.open[job.format === 2 ? "v2" : "v3"](root.resolve(job.array), { kind: "array" });
  const got = await zarr.get(array);
  if (got.data === undefined) return { shape: [], items: [typeof got === "bigint" ? got.toString() : got] };
  return give(inOrderC(got.data, got.shape, got.stride), got.shape);
}, versionOf("./node_modules/zarrita"));
