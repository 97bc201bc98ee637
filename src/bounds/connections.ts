/**
 * Net with a bound on the connections that are open or being made, dials included. Who comes while all are taken is turned away; who
 * would be dialled then is not, and may be tried again later.
 */
import type { Connection, Net } from '../ports/net.js';

export function atMost(net: Net, most: number): Net {
  let taken = 0;
  const counted = (connection: Connection): Connection => {
    const { remote, incoming, reader, writer } = connection;
    let open = true;
    return {
      remote, incoming, reader, writer,
      close() {
        if (open) taken--;
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
      if (taken >= most) throw new Error(`all ${most} connections are taken`);
      taken++;
      try {
        return counted(await net.dial(to, timeout));
      } catch (error) {
        taken--;
        throw error;
      }
    },
  };
}
