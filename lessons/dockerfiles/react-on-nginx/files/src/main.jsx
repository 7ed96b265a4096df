import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Berth({ number }) {
  const [free, setFree] = useState(true);
  return (
    <button onClick={() => setFree(!free)}>
      Berth {number}: {free ? 'free' : 'taken'}
    </button>
  );
}

function Page() {
  return (
    <main>
      <h1>Harbour</h1>
      {[1, 2, 3].map((number) => (
        <Berth key={number} number={number} />
      ))}
    </main>
  );
}

createRoot(document.getElementById('root')).render(<Page />);
