CREATE TABLE boats (
  id integer AUTO_INCREMENT PRIMARY KEY,
  name varchar(40) NOT NULL
);
INSERT INTO boats (name) VALUES ('Nordlys'), ('Esperanza');
