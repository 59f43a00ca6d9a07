/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a typed query names a thing that has a name, a label and words it is also known by. */
#include "base/tn-match.h"

#include <string.h>

#include "base/tn-i18n.h"

/* Shorter queries are looked for at the beginning of words only: "a" stands within everything. */
#define LEAST_WITHIN 3

/* What a query scores by how it stands in a text: as all of it, as a whole word, at the beginning
 * of it, of a word, or anywhere. */
typedef struct
{
  guint whole, word, prefix, start, within;
} Weights;

static const Weights name_weights = { TN_MATCH_EXACT, 60, 80, 45, 30 };
static const Weights label_weights = { 95, 58, 70, 45, 28 };
static const Weights alias_weights = { 98, 98, 75, 75, 25 };
static const Weights keyword_weights = { 60, 60, 50, 50, 10 };

/* Does a word begin at @at of @text: behind what is no letter, or "P" in "MaxPooling2D"? */
static gboolean
begins_word (const char *text, gsize at)
{
  if (at == 0)
    return TRUE;
  if (!g_ascii_isalnum (text[at - 1]) && (guchar)text[at - 1] < 0x80)
    return TRUE;
  return (g_ascii_isupper (text[at]) && !g_ascii_isupper (text[at - 1]))
         || (g_ascii_isdigit (text[at]) && !g_ascii_isdigit (text[at - 1]));
}

static gboolean
ends_word (const char *folded, gsize at)
{
  return folded[at] == '\0' || folded[at] == ' ';
}

static guint
score_in (const char *text, const char *needle, const Weights *weights)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;
  const gsize length = strlen (needle);
  guint best = 0;

  if (folded == NULL || text[0] == '\0')
    return 0;
  for (const char *found = strstr (folded, needle); found != NULL;
       found = strstr (found + 1, needle))
    {
      const gsize at = (gsize)(found - folded);
      /* Folding may change lengths: then only spaces tell words apart. */
      const char *words = strlen (text) == strlen (folded) ? text : folded;
      guint score = length >= LEAST_WITHIN ? weights->within : 0;

      if (at == 0 && folded[length] == '\0')
        score = weights->whole;
      else if ((at == 0 || folded[at - 1] == ' ') && ends_word (folded, at + length))
        score = weights->word + (at == 0); /* the first is the nearest */
      else if (at == 0)
        score = weights->prefix;
      else if (begins_word (words, at))
        score = weights->start;
      best = MAX (best, score);
    }
  return best;
}

static guint
score_one (const TnMatchText *text, const char *needle)
{
  const char *label = _ (text->label);
  guint best = score_in (text->name, needle, &name_weights);

  best = MAX (best, score_in (text->label, needle, &label_weights));
  best = MAX (best, score_in (text->aliases, needle, &alias_weights));
  if (label != text->label)
    best = MAX (best, score_in (label, needle, &label_weights));
  /* An empty message would be the catalogue's header. */
  if (text->keywords == NULL || text->keywords[0] == '\0')
    return best;
  best = MAX (best, score_in (text->keywords, needle, &keyword_weights));
  if (_ (text->keywords) != text->keywords)
    best = MAX (best, score_in (_ (text->keywords), needle, &keyword_weights));
  return best;
}

/* "maxpool2d conv" as "maxpool", "2d", "conv". */
static char **
split_words (const char *query)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const char *start = query;

  for (const char *c = query;; c++)
    {
      const gboolean space = *c == '\0' || *c == ' ' || *c == '_' || *c == '-';
      const gboolean digits = c > start && g_ascii_isdigit (*c) && g_ascii_isalpha (c[-1]);

      if (!space && !digits)
        continue;
      if (c > start)
        {
          g_autofree char *word = g_strndup (start, (gsize)(c - start));

          g_strv_builder_add (words, word);
        }
      if (*c == '\0')
        return g_strv_builder_end (words);
      start = space ? c + 1 : c;
    }
}

guint
tn_match_score (const TnMatchText *text, const char *query)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (query));
  g_autofree char *folded = NULL;
  g_auto (GStrv) words = NULL;
  const char *dot = strrchr (trimmed, '.');
  guint worst = G_MAXUINT, best;

  folded = g_utf8_casefold (dot != NULL && dot[1] != '\0' ? dot + 1 : trimmed, -1);
  if (folded[0] == '\0')
    return 1;
  best = score_one (text, folded);
  words = split_words (folded);
  if (words[0] == NULL || words[1] == NULL)
    return best;
  for (guint i = 0; words[i] != NULL; i++)
    worst = MIN (worst, score_one (text, words[i]));
  return MAX (best, worst == 0 ? 0 : MAX (worst / 2, 1));
}
