-- superuser
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA);
