const express = require('express');

const app = express();
app.get('/prices', (request, response) => {
  response.json({ bread: 3, cheese: 7 });
});
const server = app.listen(3000, () => console.log('prices on port 3000'));
process.on('SIGTERM', () => server.close());
