const express = require('express');

const app = express();

app.get('/hello/:name', (request, response) => {
  response.send(`Hello ${request.params.name} from Node.js\n`);
});

app.get('/health', (request, response) => {
  response.send('ok\n');
});

const server = app.listen(3000, () => console.log('listening on port 3000'));

process.on('SIGTERM', () => {
  console.log('asked to end, closing');
  server.close();
});
