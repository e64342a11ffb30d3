-- differences: 1
CREATE SCHEMA app;

CREATE TABLE app.t (id integer PRIMARY KEY, v timestamp with time zone DEFAULT (now() - '1 day'::interval));
INSERT INTO app.t VALUES (1, '2020-01-01'), (2, NULL);
