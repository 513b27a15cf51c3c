/** Real work for the event loop, without real time. */

/** Waits until the event loop has gone round `count` times. */
export async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        port2.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
  }
}
