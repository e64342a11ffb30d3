CREATE SCHEMA app;
CREATE TABLE app.t (id serial PRIMARY KEY, n serial, v text);
INSERT INTO app.t (v) VALUES (1);
