CREATE SCHEMA "We""ird.näme";
CREATE TYPE "We""ird.näme"."e ,(" AS ENUM ('x', 'y');
CREATE PROCEDURE "We""ird.näme"."p(x, "("a ,b" "We""ird.näme"."e ,(", INOUT "c%" text) LANGUAGE plpgsql AS $_$BEGIN /* %s $$ */ END$_$;
COMMENT ON PROCEDURE "We""ird.näme"."p(x, "("We""ird.näme"."e ,(", text) IS '%d';
