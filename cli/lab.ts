import { UsageError } from "./usage-error";

const usage = `Usage: teleport-trust lab up --out DIR [--leaves N | --guide] [--teleport-version 17]
                                   [--suite balanced-v1|legacy] [--status-refresh 1s]
       teleport-trust lab dump --out DIR
       teleport-trust lab login USER --out DIR [--cluster NAME] [--ttl 12h]
       teleport-trust lab clock --advance 31m --out DIR
       teleport-trust lab fault ACTION --link tunnel|auth|proxy --cluster NAME --out DIR

A lab is a root cluster and its leaves on loopback addresses, with real TLS, gRPC and SSH. The leaves do not
trust the root yet: that is what you come here to try.

  up      starts a lab in the foreground. DIR gets identity files for bot, admin and alice, the proxies' CA, an
          ssh_config, and, when all is ready, lab.json with the addresses. Prints the clusters and every audit event.
          Each leaf has a node: ssh -F DIR/ssh_config alice@node-1.leaf.lab logs in through the root and its tunnel,
          as the user of the last login (alice at first). Ctrl-C ends it and removes what it wrote.
          With --guide the clusters have the names, the user and the servers of Teleport's guide, as the examples do.
  dump    prints every object of every cluster as JSON. Tokens stand as sha256 of their names.
  login   writes a fresh identity file of USER, with the roles that the user has now, and prints its path. At the root
          (without --cluster) ssh_config logs this user in from now on.
  clock   moves the lab's clock forward: tokens, heartbeats and status go by it, certificates by real time.
  fault   does something to a link of a cluster: on a leaf, tunnel is its way to its roots, on a root the way of all
          its leaves to it.
            cut                      connections are reset and refused
            drop                     the connections of this moment are reset
            pause                    bytes wait until restore
            blackhole                bytes vanish without a sign
            delay --delay 200ms      bytes come late
            cut-at --bytes N [--direction up|down]
                                     each new connection is reset after N bytes (down: towards the client)
            restore                  all is well again
`;

const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  up: async () => (await import("./lab-up.js")).labUp,
  dump: async () => (await import("./lab-calls.js")).labDump,
  login: async () => (await import("./lab-calls.js")).labLogin,
  clock: async () => (await import("./lab-calls.js")).labClock,
  fault: async () => (await import("./lab-calls.js")).labFault,
};

/** `teleport-trust lab …`. Answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(usage);
    return 0;
  }
  if (name === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const known = Object.keys(commands).join(", ");
    throw new UsageError(`teleport-trust lab has no command "${name}"; there are: ${known}`);
  }
  return (await load())(rest);
}
