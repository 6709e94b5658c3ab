// What the programs in JavaScript share: `main(read, version)` and `versionOf`, as in common.py.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const root = pathToFileURL(process.argv[1]); // the program is in the folder of its packages

const NAMES = {
  Int8Array: "|i1", Uint8Array: "|u1", Int16Array: "<i2", Uint16Array: "<u2", Int32Array: "<i4", Uint32Array: "<u4",
  BigInt64Array: "<i8", BigUint64Array: "<u8", Float16Array: "<f2", Float32Array: "<f4", Float64Array: "<f8",
};

export const versionOf = (folder) => JSON.parse(fs.readFileSync(new URL(`${folder}/package.json`, root), "utf8")).version;

export function give(data, shape) {
  const dtype = NAMES[data?.constructor?.name];
  if (dtype) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return { dtype, shape, b64: bytes.toString("base64") };
  }
  return { shape, items: Array.from(data, (item) => (typeof item === "bigint" ? item.toString() : item)) };
}

export async function main(read, version) {
  if (process.argv[2] === "--version") return console.log(version);
  const [list, output] = process.argv.slice(2);
  const jobs = fs.readFileSync(list, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const say = (line) => fs.appendFileSync(output, JSON.stringify(line) + "\n");
  for (const job of jobs) {
    say({ id: job.id, start: true });
    try {
      say({ id: job.id, ...(await read(job)) });
    } catch (error) {
      const cause = error?.cause ? ` <- ${error.cause.message ?? error.cause}` : "";
      say({ id: job.id, error: `${error?.name ?? "Error"}: ${error?.message ?? error}${cause}`.slice(0, 300) });
    }
  }
}
