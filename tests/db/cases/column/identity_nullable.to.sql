-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer GENERATED ALWAYS AS IDENTITY);
INSERT INTO app.t (id) VALUES (1), (2);
