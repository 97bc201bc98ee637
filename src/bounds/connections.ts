/**
 * Net with a bound on the connections that are open or being made, dials included. Who comes while all are taken is turned away; who
 * would be dialled then waits for a turn, first come, first served, for that we have no room says nothing of it.
 */
import type { Connection, Net } from '../ports/net.js';

export function atMost(net: Net, most: number): Net {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const turn = async (): Promise<void> => {
    if (taken < most) taken++;
    else await new Promise<void>((resolve) => { waiting.push(resolve); });
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else taken--;
  };
  const counted = (connection: Connection): Connection => {
    const { remote, incoming, reader, writer } = connection;
    let open = true;
    return {
      remote, incoming, reader, writer,
      close() {
        if (open) leave();
        open = false;
        connection.close();
      },
    };
  };
  return {
    listen: (at, accept) => net.listen(at, (connection) => {
      if (taken >= most) return connection.close();
      taken++;
      accept(counted(connection));
    }),
    async dial(to, timeout) {
      await turn();
      try {
        return counted(await net.dial(to, timeout));
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}
