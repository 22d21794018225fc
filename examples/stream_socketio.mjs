// Prints the vols and Greeks of a chain as they change, over Socket.IO, one JSON message per line.
//
//     npm install socket.io-client
//     node stream_socketio.mjs http://127.0.0.1:8000 NIFTY
//
// Start `voldesk up` first. Each message is an event of the name of its type; the others that there
// are stand in docs/stream.md.

import { io } from 'socket.io-client';

const [url = 'http://127.0.0.1:8000', symbol = 'NIFTY'] = process.argv.slice(2);
const socket = io(url);

const show = (message) => console.log(JSON.stringify(message));

socket.on('greeks_update', show);
socket.on('pcr_update', show);
socket.on('connect', async () => {
  const answer = await socket.emitWithAck('subscribe', { topics: [`greeks/${symbol}`] });
  if (!answer.ok) {
    console.error(answer.message);
    process.exit(1);
  }
});
socket.on('connect_error', (error) => console.error(error.message));
