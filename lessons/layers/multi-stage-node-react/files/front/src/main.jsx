import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function Shop() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>Harbour shop, edition one</h1>
      <button onClick={() => setCount(count + 1)}>In the basket: {count}</button>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<Shop />);
