CREATE TABLE berths (
  id serial PRIMARY KEY,
  name text NOT NULL UNIQUE,
  metres integer NOT NULL CHECK (metres > 0)
);
