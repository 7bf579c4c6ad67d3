// Measures inkjs on the graph that bench/engine.py measures ours on: `node engine_ink.mjs INKJS STORY.ink PLAYS STEPS`.
// INKJS is the folder of the package. One JSON object comes out, of the members that engine.py's own have.

import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, path, plays, steps] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const clock = () => performance.now();

function median(times) {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function timed(times, action) {
  const spent = [];
  for (let number = 0; number < times; number++) {
    const begun = clock();
    action();
    spent.push(clock() - begun);
  }
  return median(spent);
}

// The policy of engine.py, in 32 bits.
function following(x) {
  return (Math.imul(x, 1664525) + 1013904223) >>> 0;
}

function walk(story, seed, most, seen) {
  story.ResetState();
  let x = seed;
  for (let count = 0; ; count++) {
    const text = story.ContinueMaximally();
    const choices = story.currentChoices;
    if (seen) seen.update(`${text.trim()}\n${choices.map((choice) => choice.text).join("\n")}\n`);
    if (choices.length === 0 || count === most) return count;
    x = following(x);
    story.ChooseChoiceIndex((x >>> 16) % choices.length);
  }
}

const begun = clock();
const { Compiler, Story } = await import(pathToFileURL(join(folder, "dist", "ink-full.mjs")).href);
const imported = clock();
let story = new Compiler(readFileSync(path, "utf8")).Compile();
const loaded = clock();
const json = story.ToJson();
const figures = { cold: loaded - begun, first: loaded - imported };
figures.warm = timed(3, () => new Compiler(readFileSync(path, "utf8")).Compile());
figures.compiled = timed(5, () => new Story(json));
story = new Story(json);

let count = 0;
const digest = createHash("sha256");
for (let seed = 1; seed <= plays; seed++) count += walk(story, seed, Infinity, digest); // warms the compiler up, too
figures.seen = digest.digest("hex");
figures.steps = count;
const spent = timed(3, () => {
  for (let seed = 1; seed <= plays; seed++) walk(story, seed, Infinity, null);
});
figures.plays_s = plays / (spent / 1000);
figures.text_s = count / (spent / 1000);

walk(story, 1, steps, null);
const saved = story.state.ToJson();
figures.state_bytes = Buffer.byteLength(saved);
figures.save = timed(51, () => story.state.ToJson());
const kept = mkdtempSync(join(tmpdir(), "palaver-ink-"));
figures.kept = timed(31, () => {
  const file = openSync(join(kept, "save.json"), "w");
  writeSync(file, story.state.ToJson());
  fsyncSync(file);
  closeSync(file);
});
rmSync(kept, { recursive: true });
figures.restore = timed(51, () => story.state.LoadJson(saved));
console.log(JSON.stringify(figures));
