// Tabs that watch jobs with the real supabase-js. Orders come in on stdin and what happens goes out on stdout, a JSON
// object per line. An order names the tab that carries it out (`tab`) and what to do (`order`).
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { createClient } = require("@supabase/supabase-js");
const ws = require("ws"); // Node 20 has no WebSocket of its own

const tabs = new Map();
const tell = (tab, what, more) => process.stdout.write(JSON.stringify({ tab, what, ...more }) + "\n");

const orders = {
  open({ tab, url, key, vsn, token }) {
    const opened = { token, channel: null };
    const client = createClient(url, key, {
      // Heartbeats are sent by order only: the reply to one shows that all that came before it is here.
      realtime: { transport: ws, vsn, heartbeatIntervalMs: 3_600_000, timeout: 60_000, reconnectAfterMs: () => 50 },
      ...(token ? { accessToken: async () => opened.token } : {
        auth: { persistSession: false, autoRefreshToken: false },
      }),
    });
    client.realtime.onHeartbeat((status) => status !== "sent" && tell(tab, "heartbeat", { status }));
    tabs.set(tab, Object.assign(opened, { client }));
    tell(tab, "opened", {});
  },
  async join({ tab, topic, ...config }) {
    const { client } = tabs.get(tab);
    await client.realtime.setAuth();
    const channel = client.channel(topic, { config: { broadcast: { ack: true }, ...config } });
    channel.on("broadcast", { event: "*" }, ({ event, payload }) => tell(tab, "heard", { event, payload }));
    channel.on("system", {}, ({ message }) => tell(tab, "system", { message }));
    channel.subscribe((status, problem) => tell(tab, "status", { status, problem: problem?.message }));
    tabs.get(tab).channel = channel;
  },
  async send({ tab, event, payload, timeout_ms: timeout }) {
    const answer = await tabs.get(tab).channel.send({ type: "broadcast", event, payload }, { timeout });
    tell(tab, "sent", { answer });
  },
  async renew({ tab, token }) {
    tabs.get(tab).token = token;
    await tabs.get(tab).client.realtime.setAuth();
  },
  async leave({ tab }) {
    tell(tab, "left", { answer: await tabs.get(tab).channel.unsubscribe() });
  },
  async heartbeat({ tab }) {
    await tabs.get(tab).client.realtime.sendHeartbeat();
  },
};

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const { order, ...given } = JSON.parse(line);
  await orders[order](given);
});
lines.on("close", () => process.exit(0));
