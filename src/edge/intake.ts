/**
 * Intake: how bytes come out of a socket. All sockets of the process read into ONE buffer: libuv asks for the buffer
 * right before each read, the data is handed on right after it, and the handler is done with it when it returns
 * (ports/net.ts). Compared with 'data' events this saves an allocation a read, and with 32 busy connections 40 % of the
 * time. `onread` is public for sockets that dial only; accepted ones are wrapped anew (`adopt`).
 */
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { KIB, type Bytes } from '../base/units.js';

const LARGEST_READ: Bytes = 256 * KIB;
/** Until told how much: room for a handshake and a bitfield, and little enough to be no burst past a limit. */
const FIRST_READ: Bytes = 4 * KIB;

const shared = new Uint8Array(LARGEST_READ);

export interface Intake {
  /** Where bytes go; set before the first `resume`. Views of at most the last `atMost`, see there. */
  sink: (data: Uint8Array) => void;
  pause(): void;
  resume(): void;
  /**
   * Node asks for the next read's buffer at the end of a read, so this holds for the next read when called within
   * `sink`, and for the one after that otherwise.
   */
  atMost(bytes: Bytes): void;
}

export interface Tapped {
  readonly socket: Socket;
  readonly intake: Intake;
}

/** `make` passes `onread` on to a socket's constructor. The socket reads nothing before `resume`. */
export function tapped(make: (onread: OnReadOpts) => Socket): Tapped {
  let room = shared.subarray(0, FIRST_READ);
  const socket = make({
    buffer: () => room,
    callback: (length) => {
      intake.sink(shared.subarray(0, length));
      return true; // `pause` has already stopped the socket
    },
  });
  socket.pause();
  const intake: Intake = {
    sink: () => undefined,
    pause: () => { socket.pause(); },
    // Not socket.resume(): it starts reading once more a tick later, although paused meanwhile.
    resume: () => { socket.read(0); },
    atMost: (bytes) => { room = shared.subarray(0, clamp(bytes)); },
  };
  return { socket, intake };
}

/** What a net.Socket keeps of libuv; not public, hence looked at before use. */
interface Wrapper {
  _handle?: { readonly useUserBuffer?: unknown } | null;
}

/**
 * An accepted, paused socket. Its handle moves to a new Socket that has `onread`, as child_process does with sockets
 * sent to it; the emptied one is destroyed, so that its server forgets it. Where Node has changed its insides, it stays
 * as it is and is read by 'data' events.
 */
export function adopt(socket: Socket): Tapped {
  const wrapper = socket as unknown as Wrapper;
  const handle = wrapper._handle;
  if (typeof handle?.useUserBuffer !== 'function') return withEvents(socket);
  const adopted = tapped((onread) => new Socket({ handle, onread } as SocketConstructorOpts));
  wrapper._handle = null;
  socket.destroy();
  return adopted;
}

/**
 * Node reads up to 64 KiB at once here, whatever `atMost` says, and some of it ahead while paused; the views obey both.
 */
export function withEvents(socket: Socket): Tapped {
  let most = FIRST_READ;
  socket.pause();
  socket.on('data', (data: Buffer) => {
    let rest: Uint8Array = data;
    while (rest.length > 0 && !socket.isPaused() && !socket.destroyed) {
      const view = rest.subarray(0, most);
      rest = rest.subarray(view.length);
      intake.sink(view);
    }
    if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
  });
  const intake: Intake = {
    sink: () => undefined,
    pause: () => { socket.pause(); },
    resume: () => { socket.resume(); },
    atMost: (bytes) => { most = clamp(bytes); },
  };
  return { socket, intake };
}

const clamp = (bytes: Bytes): Bytes => Math.max(1, Math.min(Math.floor(bytes), LARGEST_READ));
