'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { type ConnectionStatus, LabConnection } from './lab-connection.ts';

const LabContext = createContext<LabConnection | null>(null);

interface LabProviderProps {
  /** Nothing inside needs a connection as long as nobody has wanted one. */
  wanted?: boolean;
  children: ReactNode;
}

/**
 * Opens the page's one connection when it is first wanted and closes it when it goes. Inside another that has one,
 * that one is used.
 */
export function LabProvider({ wanted = true, children }: LabProviderProps) {
  const outer = useContext(LabContext);
  const [wasWanted, setWasWanted] = useState(wanted);
  if (wanted && !wasWanted) setWasWanted(true);
  const [connection, setConnection] = useState<LabConnection | null>(null);
  const isOwn = wasWanted && outer === null;
  useEffect(() => {
    if (!isOwn) return;
    const opened = new LabConnection();
    setConnection(opened);
    return () => {
      opened.dispose();
      setConnection(null);
    };
  }, [isOwn]);
  return <LabContext value={outer ?? connection}>{children}</LabContext>;
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
