/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Puts the page together. Whatever happens changes the model and asks for a new
 * picture; the picture is drawn once a frame at most.
 *
 * @module
 */
import type { WireCommand } from "../wire/wire.ts";
import { readPlace, writePlace } from "./address.ts";
import { browserNow, every } from "./browser.ts";
import { DetailView } from "./detail_view.ts";
import { confirmAction, showHelp } from "./dialogs.ts";
import { byId, h } from "./dom.ts";
import { HeaderView } from "./header_view.ts";
import { listenToKeys } from "./keyboard.ts";
import { ListView } from "./list_view.ts";
import { Model } from "./model.ts";
import { type Order, ORDERS } from "./query.ts";
import { Server, type ServerListener } from "./server.ts";
import { StatelyWindow } from "./stately_window.ts";
import { countText } from "./text.ts";
import { changeTheme, restoreTheme } from "./theme.ts";
import { Viewer } from "./viewer.ts";

/** How often times that run are written anew, in milliseconds. */
const TICK_MS = 250;

const isViewer = location.pathname === "/viewer";
const model = new Model(browserNow);
const query = byId<HTMLInputElement>("query");
let isDirty = false;
let isLoading = false;
let stately: { readonly id: string; readonly window: StatelyWindow } | undefined;

const list = new ListView((id) => select(id));
const header = new HeaderView({ search, bulk: (type) => void sendToAll(type) });
const detail = new DetailView({
  travel,
  step,
  send: (type) => void send(type),
  openStately,
  back: () => select(undefined),
});
const listener: ServerListener = {
  hello(hello) {
    model.hear(hello);
    draw();
    load();
  },
  changes(changes) {
    model.change(changes);
    draw();
    load();
    if (changes.rows?.some(({ id }) => id === stately?.id)) stately?.window.update();
  },
  connection(connection) {
    model.connection = connection;
    draw();
  },
};

restoreTheme();
takeUpPlace();
const source = isViewer ? new Viewer(listener) : new Server(listener);
setUp();
draw();
every(TICK_MS, draw);

function setUp(): void {
  const order = byId<HTMLSelectElement>("order");
  order.append(
    ...Object.entries(ORDERS).map(([name, text]) =>
      h("option", { text, attributes: { value: name } })
    ),
  );
  order.addEventListener("change", () => {
    model.order = order.value as Order;
    draw();
  });
  query.addEventListener("input", () => search(query.value));
  byId("theme").addEventListener("click", changeTheme);
  byId("help").addEventListener("click", () => void showHelp());
  byId("export").hidden = isViewer;
  addEventListener("popstate", () => {
    takeUpPlace();
    draw();
    load();
  });
  listenToKeys({
    search: () => query.focus(),
    move: (by) => select(list.neighbour(model.shown?.id, by)),
    step,
    live: () => travel(undefined),
    send: (type) => void send(type),
    theme: changeTheme,
    help: () => void showHelp(),
    back() {
      if (document.activeElement === query) query.blur();
      else if (model.shown?.at !== undefined) travel(undefined);
      else select(undefined);
    },
  });
}

/** Asks for a new picture. */
function draw(): void {
  if (isDirty) return;
  isDirty = true;
  requestAnimationFrame(() => {
    isDirty = false;
    const rows = model.find();
    const active = rows.filter(({ status, isOperation }) => isOperation && status === "active");
    header.show(model, rows.length, active.length);
    list.show(rows, {
      selected: model.shown?.id,
      now: model.now,
      isAll: model.rows.size === 0,
    });
    document.body.classList.toggle("one", model.shown !== undefined);
    detail.show(model);
  });
}

/** Gets what is new of the operation that is shown. */
async function load(): Promise<void> {
  const { shown } = model;
  if (!shown || isLoading) return;
  const newest = shown.entries.at(-1)?.entry ?? 0;
  const row = model.rows.get(shown.id);
  if (!row || row.entry <= newest) return;
  isLoading = true;
  const history = await source.history(shown.id, newest).catch(() => undefined);
  isLoading = false;
  if (!history) return;
  model.extend(shown.id, history.entries, history.input);
  draw();
  if (model.shown !== shown || history.entries.length > 0) void load();
}

function select(id: string | undefined): void {
  if (id === model.shown?.id) return;
  model.shown = id === undefined ? undefined : { id, entries: [], at: undefined };
  keepPlace();
  draw();
  void load();
}

function search(text: string): void {
  model.query = text;
  if (query.value !== text) query.value = text;
  keepPlace();
  draw();
}

function travel(entry: number | undefined): void {
  if (!model.shown) return;
  model.shown.at = entry;
  keepPlace();
  draw();
}

function step(by: number): void {
  const moments = model.moments();
  const index = model.momentIndex(moments) + by;
  const moment = moments[Math.max(0, index)];
  if (moment) travel(index >= moments.length ? undefined : moment.entry);
}

async function send(type: WireCommand): Promise<void> {
  const { shown } = model;
  if (!shown || !model.allowsActions || !(source instanceof Server)) return;
  const isSure = type === "pollNow" || await confirmAction({
    question: `Cancel ${shown.id}?`,
    detail: "Its provider is asked to cancel it, where it can.",
    action: "Cancel it",
  });
  if (isSure) await source.send(type, [shown.id]);
}

async function sendToAll(type: WireCommand): Promise<void> {
  if (!(source instanceof Server)) return;
  const ids = model.find().filter(({ isOperation, status }) => isOperation && status === "active")
    .map(({ id }) => id);
  const isSure = type === "pollNow" || await confirmAction({
    question: `Cancel ${countText(ids.length, "operation")}?`,
    detail: "All that were found and have not ended. Their providers are asked to cancel them, " +
      "where they can.",
    action: `Cancel ${ids.length}`,
  });
  if (isSure) await source.send(type, ids);
}

function openStately(): void {
  const { shown, statelyUrl } = model;
  if (!shown || statelyUrl === undefined || !(source instanceof Server)) return;
  stately?.window.close();
  const { id } = shown;
  const window = new StatelyWindow(statelyUrl, (after) => source.stately(id, after));
  stately = { id, window };
}

function takeUpPlace(): void {
  const { id, at, query: text = "" } = readPlace();
  model.query = text;
  query.value = text;
  if (id === model.shown?.id && model.shown) model.shown.at = at;
  else model.shown = id === undefined ? undefined : { id, entries: [], at };
}

function keepPlace(): void {
  const { shown, query: text } = model;
  writePlace({
    ...(shown && { id: shown.id }),
    ...(shown?.at !== undefined && { at: shown.at }),
    query: text,
  });
}
