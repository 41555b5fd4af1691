// Drives the vendor's own TaskRouter SDK for JavaScript, unmodified, against whatever speaks its protocol.
// Reads one JSON object from standard input: {sdk, url, token}. Writes one JSON line for each thing that happened, and
// does what it is told, one word a line: `activity SID`, `accept`, `wrap`, `complete`, `reject`, `list`, `end`.
const readline = require("readline");
const lines = readline.createInterface({ input: process.stdin });
const say = (what, more) => process.stdout.write(JSON.stringify({ what, ...more }) + "\n");
let worker = null;
let current = null;

const shown = (one) => ({ sid: one.sid, status: one.status, task: one.task.sid, timeout: one.timeout });

function follow(one) {
  current = one;
  for (const name of ["accepted", "rejected", "timeout", "canceled", "rescinded", "completed", "wrapup"]) {
    one.on(name, (now) => say(name, shown(now)));
  }
}

function begin({ sdk, url, token }) {
  const { Worker } = require(sdk);
  worker = new Worker(token, {
    ebServer: url + "/v1/wschannels",
    wsServer: url.replace(/^http/, "ws") + "/v1/wschannels",
    logLevel: "silent",
  });
  worker.on("ready", () => {
    const reservations = [...worker.reservations.values()];
    reservations.forEach(follow);
    say("ready", {
      worker: worker.sid,
      activity: worker.activity.name,
      activities: Object.fromEntries([...worker.activities.values()].map((one) => [one.name, one.sid])),
      channels: [...worker.channels.values()].map((one) => one.taskChannelUniqueName),
      reservations: reservations.map(shown),
    });
  });
  worker.on("activityUpdated", () => say("activity", { name: worker.activity.name, available: worker.available }));
  worker.on("reservationCreated", (one) => { follow(one); say("created", shown(one)); });
  worker.on("disconnected", (why) => say("disconnected", { why: String(why && why.message) }));
  worker.on("error", (error) => say("error", { why: String(error && error.message) }));
}

async function act(words) {
  switch (words[0]) {
    case "activity": await worker.activities.get(words[1]).setAsCurrent(); break;
    case "accept": await current.accept(); break;
    case "conference": await current.conference(); break;
    case "wrap": await current.wrap(); break;
    case "complete": await current.complete(); break;
    case "reject": await current.reject(); break;
    case "end": process.exit(0);
  }
  say("done", { verb: words[0] });
}

lines.on("line", (line) => {
  if (worker === null) begin(JSON.parse(line));
  else act(line.split(" ")).catch((error) => say("refused", { why: String(error && error.message) }));
});
lines.on("close", () => process.exit(0));
