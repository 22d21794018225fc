/** Puts the page together and starts it. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'react-redux';
import 'uplot/dist/uPlot.min.css';
import './styles/index.css';
import { StreamConnection } from '../stream/connection';
import { ContractStreams } from '../stream/contractStream';
import { Histories } from '../stream/history';
import { BROWSER, streamUrl } from '../stream/surroundings';
import { ServicesContext } from '../ui/services';
import { App } from './App';
import { signIn } from './signIn';
import { keepInStep, makeStore } from './store';

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  await signIn();
  const connection = new StreamConnection(streamUrl('/ws/stream'), BROWSER);
  const contracts = new ContractStreams({
    dial: (path) => BROWSER.dial(streamUrl(path)),
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  });
  const store = makeStore({ connection, contracts });
  keepInStep(store);
  connection.session.subscribe('status');
  connection.session.subscribe('alerts');
  connection.session.subscribe('risk');
  connection.start();
  window.addEventListener('online', () => connection.retryNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') connection.retryNow();
  });
  const services = { connection, histories: new Histories() };
  createRoot(root).render(
    <StrictMode>
      <Provider store={store}>
        <ServicesContext value={services}>
          <App />
        </ServicesContext>
      </Provider>
    </StrictMode>,
  );
}

void start();
