-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL, c text, CONSTRAINT t_pkey PRIMARY KEY (a) INCLUDE (c));
CREATE TABLE app.u (a integer REFERENCES app.t (a) ON DELETE CASCADE);
COMMENT ON CONSTRAINT u_a_fkey ON app.u IS 'kept';
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
INSERT INTO app.u VALUES (1), (2);
