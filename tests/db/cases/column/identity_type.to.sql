-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v bigint GENERATED ALWAYS AS IDENTITY);
INSERT INTO app.t VALUES (1), (2);
