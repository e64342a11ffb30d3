CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
CREATE TABLE app.t (id serial PRIMARY KEY, small smallserial, big bigserial, v text);
INSERT INTO app.other VALUES (1);
INSERT INTO app.t (v) VALUES ('x');
