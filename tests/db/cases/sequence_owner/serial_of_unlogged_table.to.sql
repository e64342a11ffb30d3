-- differences: 1
CREATE SCHEMA app;
CREATE UNLOGGED TABLE app.t (id serial, v text);
INSERT INTO app.t (v) VALUES (1);
