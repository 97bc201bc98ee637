/** One turn of the event loop: every promise that is settled has been heard of when it is over. */
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
