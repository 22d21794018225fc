/** What is watched for, and something more: the window of the alerts. */

import { useEffect } from 'react';
import { useAlertsQuery } from '../../stream/apiSlice';
import { Dialog } from '../../ui/Dialog';
import { useServices } from '../../ui/services';
import { type AlertContext, AlertForm } from './AlertForm';
import { AlertList } from './AlertList';

export function AlertDesk({ context, onClose }: { context: AlertContext; onClose: () => void }) {
  const { connection } = useServices();
  const { refetch } = useAlertsQuery(undefined, { refetchOnMountOrArgChange: true });
  useEffect(
    () => connection.session.on('alerts', () => void refetch()), // what has told says when
    [connection, refetch],
  );
  return (
    <Dialog title="Alerts" onClose={onClose} className="alert-desk">
      <AlertList />
      <AlertForm context={context} />
    </Dialog>
  );
}
