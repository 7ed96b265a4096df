'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { type ConnectionStatus, LabConnection } from './lab-connection.ts';

const LabContext = createContext<LabConnection | null>(null);

/** Opens the page's one connection when it mounts and closes it when it goes. */
export function LabProvider({ children }: { children: ReactNode }) {
  const [connection, setConnection] = useState<LabConnection | null>(null);
  useEffect(() => {
    const opened = new LabConnection();
    setConnection(opened);
    return () => {
      opened.dispose();
      setConnection(null);
    };
  }, []);
  return <LabContext value={connection}>{children}</LabContext>;
}

/** null during server rendering and until the page has mounted. */
export function useLab(): LabConnection | null {
  return useContext(LabContext);
}

const connecting: ConnectionStatus = { state: 'connecting' };
const subscribeNothing = () => () => {};

export function useConnectionStatus(): ConnectionStatus {
  const lab = useLab();
  return useSyncExternalStore(
    lab?.subscribeStatus ?? subscribeNothing,
    () => lab?.status ?? connecting,
    () => connecting,
  );
}
