// The happy path as a machine of XState 5. `node xstate.mjs send|transition MILLISECONDS` prints the
// nanoseconds of one step, as the mean over the path, played for that time.
//
// It leaves out what the plain machine in src/plain.rs leaves out, the view, and the values of records and
// answers beyond what its guards read.

import { assign, createActor, initialTransition, setup, transition } from "xstate";

const effects = [];

const ask = (question) => () => effects.push({ kind: "ask", question });
const store = (change) => () => effects.push({ kind: "store", change });

const machine = setup({
  actions: {
    askRecord: ask("record"),
    askSupport: ask("support"),
    askStatus: ask("status"),
    askPassword: ask("password"),
    askStorePassword: ask("storePassword"),
    askCanCreate: ask("canCreate"),
    askPresence: ask("presence"),
    askTakeUse: ask("takeUse"),
    askStartPairing: ask("startPairing"),
    storeSupport: store("support"),
    storeStatus: store("status"),
    storePaired: store("paired"),
    storePresence: store("presence"),
  },
  guards: {
    isReady: ({ context }) => context.hasStatus && context.canCreate && context.hasPassword,
    isTicked: ({ context }) => context.isTicked && !context.isPairing,
    hasKey: ({ event }) => event.key !== undefined,
    isKnown: ({ event }) => event.isKnown,
  },
}).createMachine({
  context: {
    vin: undefined,
    key: undefined,
    hasStatus: false,
    canCreate: false,
    hasPassword: false,
    isTicked: false,
    isPairing: false,
  },
  initial: "vehicleTab",
  on: {
    selectVehicle: { actions: [assign({ vin: ({ event }) => event.vin }), "askRecord"] },
    record: { actions: "askSupport" },
    support: { actions: "storeSupport" },
    status: [
      {
        guard: "hasKey",
        actions: [
          assign({ hasStatus: true, key: ({ event }) => event.key }),
          "storeStatus",
          "askPresence",
        ],
      },
      { actions: [assign({ hasStatus: true }), "storeStatus"] },
    ],
    password: { actions: "askStorePassword" },
    passwordStored: { actions: assign({ hasPassword: true }) },
    canCreate: { actions: assign({ canCreate: true }) },
    presence: { guard: "isKnown", actions: "storePresence" },
    useTaken: { actions: "askStartPairing" },
    paired: {
      target: ".tutorial1",
      actions: [assign({ key: ({ event }) => event.key }), "storePaired"],
    },
  },
  states: {
    vehicleTab: {
      on: {
        entry: { target: "welcome", actions: ["askStatus", "askPassword", "askCanCreate"] },
      },
    },
    welcome: { on: { continue: { guard: "isReady", target: "grabYourTwoKeys" } } },
    grabYourTwoKeys: { on: { continue: "readyToPair" } },
    readyToPair: {
      on: {
        tickBox: { actions: assign({ isTicked: true }) },
        continue: {
          guard: "isTicked",
          actions: [assign({ isPairing: true }), "askTakeUse"],
        },
      },
    },
    tutorial1: { on: { continue: "tutorial2" } },
    tutorial2: {
      on: { continue: { target: "overview", actions: ["askPresence", "askStatus"] } },
    },
    overview: {},
  },
});

// The events that the flow machine takes, in its order.
const events = [
  { type: "selectVehicle", vin: "WBA0000000000000A" },
  { type: "record" },
  { type: "support", isSupported: true },
  { type: "entry" },
  { type: "status" },
  { type: "password" },
  { type: "canCreate" },
  { type: "passwordStored" },
  { type: "continue" },
  { type: "continue" },
  { type: "tickBox" },
  { type: "continue" },
  { type: "useTaken" },
  { type: "paired", key: "K1" },
  { type: "continue" },
  { type: "continue" },
  { type: "presence", isKnown: true },
  { type: "status", key: "K1" },
  { type: "presence", isKnown: true },
];

function send() {
  const actor = createActor(machine);
  actor.start();
  return {
    play: (event) => actor.send(event),
    page: () => actor.getSnapshot().value,
  };
}

/** The pure function: it returns the actions, and the caller performs them. */
function pure() {
  let [state] = initialTransition(machine);
  return {
    play: (event) => {
      const [next, actions] = transition(machine, state, event);
      for (const action of actions) action.exec?.(action.info, action.params);
      state = next;
    },
    page: () => state.value,
  };
}

const [, , name, milliseconds] = process.argv;
const start = { send, transition: pure }[name];
const clock = () => Number(process.hrtime.bigint());

/** Plays the path for this time, in nanoseconds. Returns the time of a step, as the median over batches. */
function measure(duration) {
  const batches = [];
  const begin = clock();
  while (clock() - begin < duration || batches.length === 0) {
    const players = Array.from({ length: 16 }, start);
    const before = clock();
    for (const player of players) {
      for (const event of events) {
        player.play(event);
        effects.length = 0;
      }
    }
    batches.push(clock() - before);
    for (const player of players) {
      if (player.page() !== "overview") throw new Error(`the path ends on ${player.page()}`);
    }
  }
  batches.sort((a, b) => a - b);
  return batches[batches.length >> 1] / (16 * events.length);
}

// The compiler of Node needs some time before the code has its final speed.
const duration = Number(milliseconds) * 1e6;
measure(4 * duration);
console.log(measure(duration).toFixed(3));
