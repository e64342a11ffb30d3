/* See messages.h. */
#include "tui/messages.h"

#include <time.h>

#include "store/clock.h"

enum { KEPT = 500 };

struct message {
    int64_t at_us;
    enum message_kind kind;
    char *text;
};

struct messages {
    struct message items[KEPT]; /* a ring */
    size_t count;               /* of all that ever came */
    bool is_shown;
};

struct messages *messages_new(TALLOC_CTX *owner) { return talloc_zero(owner, struct messages); }

void messages_add(struct messages *messages, enum message_kind kind, const char *text)
{
    struct message *place = &messages->items[messages->count++ % KEPT];
    talloc_free(place->text);
    *place = (struct message){clock_wall_us(), kind, talloc_strdup(messages, text)};
    messages->is_shown = true;
}

const char *messages_shown(const struct messages *messages, enum message_kind *kind)
{
    if (!messages->is_shown)
        return NULL;
    const struct message *last = &messages->items[(messages->count - 1) % KEPT];
    *kind = last->kind;
    return last->text;
}

void messages_clear(struct messages *messages) { messages->is_shown = false; }

struct document *messages_document(TALLOC_CTX *owner, const struct messages *messages)
{
    static const struct {
        const char *word;
        enum look look;
    } kinds[] = {
        [MESSAGE_NOTE] = {"", LOOK_PLAIN},
        [MESSAGE_GOOD] = {"", LOOK_GOOD},
        [MESSAGE_WARNING] = {"warning: ", LOOK_WARN},
        [MESSAGE_ERROR] = {"error: ", LOOK_BAD},
    };
    struct document *document = document_new(owner);
    for (size_t i = messages->count > KEPT ? messages->count - KEPT : 0; i < messages->count; i++) {
        const struct message *message = &messages->items[i % KEPT];
        time_t seconds = (time_t)(message->at_us / 1000000);
        struct tm local;
        char clock[16] = "";
        if (localtime_r(&seconds, &local))
            strftime(clock, sizeof clock, "%H:%M:%S", &local);
        document_add(document, LOOK_DIM, " %s  ", clock);
        document_line(document, kinds[message->kind].look, "%s%s", kinds[message->kind].word, message->text);
    }
    if (messages->count == 0)
        document_line(document, LOOK_DIM, " Nothing was said yet.");
    return document;
}
