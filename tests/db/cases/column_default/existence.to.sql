-- differences: 1
CREATE SCHEMA app;

CREATE TABLE app.t (id integer PRIMARY KEY, v text DEFAULT 'a b');
INSERT INTO app.t VALUES (1, 'x'), (2, NULL);
