-- superuser
-- differences: 5
CREATE SCHEMA app;
CREATE FUNCTION app.step(bigint[], integer, text) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$SELECT $1 || $2::bigint$$;
CREATE AGGREGATE app.a(first integer, second text) (SFUNC = app.step, STYPE = bigint[], SSPACE = 64, INITCOND = '{1,2}');
CREATE AGGREGATE app.n(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = 0, PARALLEL = SAFE);
CREATE AGGREGATE app.o(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE app.h(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE app.n(*) IS 'it''s many';
COMMENT ON AGGREGATE app.o(double precision ORDER BY double precision) IS 'ordered';
