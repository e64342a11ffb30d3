/* See rules.h: the lights. A light is a glyph and the rule's id; colour says nothing that they do not. */
#include "store/text.h"
#include "tui/answer.h"
#include "tui/screens/rules.h"

enum { NAME_COLUMNS = 11, GAP_COLUMNS = 2 };

struct light {
    enum glyph glyph;
    enum look look;
};

static struct light light_of(const struct rule_result *result)
{
    if (result->skipped)
        return (struct light){GLYPH_DOT, LOOK_DIM};
    if (!result->count)
        return (struct light){GLYPH_DONE, LOOK_GOOD};
    if (result->severity == SEVERITY_ERROR)
        return (struct light){GLYPH_FAILED, LOOK_BAD};
    return (struct light){GLYPH_CHANGED, LOOK_WARN};
}

static void add_sum(struct document *document, const struct house *house)
{
    const struct rules_report *report = house_report(house);
    document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "Rules");
    document_add(document, LOOK_GOOD, "%s %zu hold   ", theme_glyph(GLYPH_DONE), report->held);
    document_add(document, report->failed ? LOOK_BAD : LOOK_DIM, "%s %zu broken   ", theme_glyph(GLYPH_FAILED),
                 report->failed);
    if (report->warned)
        document_add(document, LOOK_WARN, "%s %zu with warnings   ", theme_glyph(GLYPH_CHANGED), report->warned);
    document_add(document, LOOK_DIM, "%s %zu skipped%s", theme_glyph(GLYPH_DOT), report->skipped,
                 house_is_stale(house) ? "   (before the last change)" : "");
    document_end_line(document);
}

static void add_lights(struct document *document, const struct rules_report *report, size_t here, int columns)
{
    int at = columns;
    for (size_t i = 0; i < report->count; i++) {
        const struct rule_result *result = &report->results[i];
        struct light light = light_of(result);
        char text[80];
        snprintf(text, sizeof text, result->count && !result->skipped ? "%s %s %zu" : "%s %s", theme_glyph(light.glyph),
                 result->rule->id, result->count);
        int width = text_width(text) + GAP_COLUMNS;
        if (at + width > columns) {
            if (i > 0)
                document_end_line(document);
            document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "");
            at = NAME_COLUMNS + 2;
        }
        document_add(document, i == here ? LOOK_CURSOR : light.look, "%s", text);
        document_add(document, LOOK_PLAIN, "%*s", GAP_COLUMNS, "");
        at += width;
    }
    document_end_line(document);
}

size_t rules_lights_count(const struct house *house)
{
    const struct rules_report *report = house_report(house);
    return report ? report->count : 0;
}

void rules_lights_add(struct document *document, const struct house *house, size_t here, int columns)
{
    const struct rules_report *report = house_report(house);
    if (report) {
        add_sum(document, house);
        add_lights(document, report, here, columns);
    } else if (!house_is_asking(house)) {
        document_fact(document, "Rules", NAME_COLUMNS, LOOK_DIM, "%s not asked: v asks the house rules",
                      theme_glyph(GLYPH_DOT));
    }
    if (house_is_asking(house))
        document_fact(document, report ? "" : "Rules", NAME_COLUMNS, LOOK_NOTE, "%s asking%s %s",
                      theme_glyph(GLYPH_RUNNING), theme_glyph(GLYPH_ELLIPSIS), house_doing(house));
    else if (house_problem(house))
        document_fact(document, "", NAME_COLUMNS, LOOK_BAD, "%s %s", theme_glyph(GLYPH_FAILED), house_problem(house));
}
