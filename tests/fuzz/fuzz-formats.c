/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mutates model files, bytes and JSON trees, and pictures that carry models, and opens what comes
 * out: nothing may crash or hang, and what opens must be written and read as the same.
 *
 * fuzz-formats [--seconds N] [--seed N] FILE…, a FILE being a model, or recorded cases with a model
 * each when its name ends in .gz; without a failure it prints how far it got. A
 * failing input is left in ./fuzz-crash.json before it is tried, so it survives the crash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tn-error.h"
#include "../cases/tn-cases.h"
#include "formats/tn-carrier.h"
#include "infer/tn-facts.h"

typedef struct
{
  guint n_tried;
  guint n_opened;
  guint n_refused[TN_ERROR_CANCELLED + 1];
} Counts;

/* ---- bytes ---- */

static void
mutate_bytes (GRand *rand, GByteArray *bytes)
{
  static const char *const words[] = { "null",      "-1",       "1e308", "9223372036854775807",
                                       "[",         "]",        "{}",    "\"",
                                       "\\u0000",   "\xff",     ",",     ":",
                                       "true",      "[[[[[[[[", "0.5",   "\"conv2d\"",
                                       "\"Target\"" };
  guint n = (guint)g_rand_int_range (rand, 1, 6);

  while (n-- > 0 && bytes->len > 0)
    {
      guint at = (guint)g_rand_int_range (rand, 0, (gint32)bytes->len);
      guint length = (guint)g_rand_int_range (rand, 1, 40);
      const char *word = words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
      g_autofree guint8 *part = NULL;

      length = MIN (length, bytes->len - at);
      switch (g_rand_int_range (rand, 0, 5))
        {
        case 0:
          bytes->data[at] ^= (guint8)(1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          g_byte_array_remove_range (bytes, at, length);
          break;
        case 2:
          g_byte_array_set_size (bytes, at);
          break;
        case 3: /* a word in place of what is there */
          memcpy (bytes->data + at, word, MIN (strlen (word), bytes->len - at));
          break;
        default: /* a part once more, at the end of the file's first half */
          part = g_memdup2 (bytes->data + at, length);
          at = bytes->len / 2;
          g_byte_array_append (bytes, part, length);
          memmove (bytes->data + at + length, bytes->data + at, bytes->len - at - length);
          memcpy (bytes->data + at, part, length);
          break;
        }
    }
}

/* ---- trees ---- */

static TnValue *
random_leaf (GRand *rand)
{
  static const gint64 integers[] = { 0, -1, 1, 2, 65536, G_MAXINT32, G_MAXINT64, G_MININT64 };
  static const char *const strings[]
      = { "", "dense_2", "conv2d", "Target", "InputLayer", "Add", "channels_first", "a/b", "🪵" };

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      return tn_value_new_none ();
    case 1:
      return tn_value_new_bool (g_rand_boolean (rand));
    case 2:
      return tn_value_new_int (integers[g_rand_int_range (rand, 0, G_N_ELEMENTS (integers))]);
    case 3:
      return tn_value_new_float (g_rand_double_range (rand, -1e9, 1e9));
    case 4:
      return tn_value_new_list (NULL, 0);
    default:
      return tn_value_new_string (strings[g_rand_int_range (rand, 0, G_N_ELEMENTS (strings))]);
    }
}

static gsize
tree_size (const TnValue *value)
{
  gsize size = 1;

  for (gsize i = 0; i < tn_value_size (value); i++)
    size += tree_size (tn_value_at (value, i));
  return size;
}

static const TnValue *
tree_at (const TnValue *value, gsize *position)
{
  if ((*position)-- == 0)
    return value;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *found = tree_at (tn_value_at (value, i), position);

      if (found)
        return found;
    }
  return NULL;
}

typedef struct
{
  gsize position; /* of what is replaced, counted down on the way */
  const TnValue *by;
  enum
  {
    REPLACE,
    DROP,
    DOUBLE
  } how;
} Change;

/* A copy of @value with the change made in it. */
static TnValue *
tree_change (const TnValue *value, Change *change)
{
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  if (change->position-- == 0 && change->how == REPLACE)
    return tn_value_ref (change->by);
  if (!dict && tn_value_kind (value) != TN_VALUE_LIST)
    return tn_value_ref (value);

  items = g_ptr_array_new ();
  keys = g_ptr_array_new ();
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      gboolean here = change->position == 0;
      TnValue *item = tree_change (tn_value_at (value, i), change);

      if (here && change->how == DROP)
        {
          tn_value_unref (item);
          continue;
        }
      g_ptr_array_add (items, item);
      if (dict)
        g_ptr_array_add (keys, (gpointer)tn_value_key_at (value, i));
      else if (here && change->how == DOUBLE)
        g_ptr_array_add (items, tn_value_ref (item));
    }
  return dict ? tn_value_new_dict ((const char *const *)keys->pdata, (TnValue *const *)items->pdata,
                                   items->len)
              : tn_value_new_list ((TnValue *const *)items->pdata, items->len);
}

static TnValue *
mutate_tree (GRand *rand, const TnValue *tree)
{
  TnValue *now = tn_value_ref (tree);

  for (guint n = (guint)g_rand_int_range (rand, 1, 5); n > 0; n--)
    {
      gsize size = tree_size (now);
      gsize other = (gsize)g_rand_int_range (rand, 0, (gint32)size);
      g_autoptr (TnValue) leaf = random_leaf (rand);
      g_autoptr (TnValue) before = now;
      Change change = { (gsize)g_rand_int_range (rand, 0, (gint32)size), leaf,
                        g_rand_int_range (rand, 0, 3) };

      /* Some other part of the tree, or a leaf. */
      if (g_rand_boolean (rand))
        change.by = tree_at (before, &other);
      now = tree_change (before, &change);
      if (tree_size (now) > 20000)
        {
          tn_value_unref (now);
          now = tn_value_ref (tree);
        }
    }
  return now;
}

/* ---- one input ---- */

static void
fail (const char *what)
{
  fprintf (stderr, "fuzz-formats: %s; the input is in fuzz-crash.json (--keep)\n", what);
  abort ();
}

static void
try_input (GBytes *bytes, Counts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, "fuzz", NULL, &error);
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (TnGraph) back = NULL;

  counts->n_tried++;
  if (!graph)
    {
      if (!error || error->domain != TN_ERROR || !g_utf8_validate (error->message, -1, NULL))
        fail ("a refusal without a proper error");
      counts->n_refused[error->code]++;
      return;
    }
  counts->n_opened++;
  facts = tn_infer (graph, NULL, NULL);
  written = tn_format_write_tenon (graph);
  back = tn_format_parse (written, "written", NULL, &error);
  if (!back)
    fail (error->message);
  again = tn_format_write_tenon (back);
  if (!g_bytes_equal (written, again) || !tn_graph_same_meaning (graph, back))
    fail ("what was written is read as something else");
}

static void
remember (GBytes *bytes)
{
  FILE *file = fopen ("fuzz-crash.json", "wb");

  if (!file
      || fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), file)
             < g_bytes_get_size (bytes))
    perror ("fuzz-crash.json");
  if (file)
    fclose (file);
}

static void
fuzz_once (GRand *rand, const GPtrArray *files, const GPtrArray *trees, gboolean keep,
           Counts *counts)
{
  guint number = (guint)g_rand_int_range (rand, 0, (gint32)files->len);
  g_autoptr (GBytes) input = NULL;

  if (g_rand_boolean (rand) && trees->pdata[number])
    {
      g_autoptr (TnValue) tree = mutate_tree (rand, trees->pdata[number]);
      char *text = tn_format_json (tree, FALSE);

      input = g_bytes_new_take (text, strlen (text));
    }
  else
    {
      GByteArray *bytes = g_byte_array_new ();
      gsize size;
      const guint8 *data = g_bytes_get_data (files->pdata[number], &size);

      g_byte_array_append (bytes, data, (guint)size);
      mutate_bytes (rand, bytes);
      input = g_byte_array_free_to_bytes (bytes);
    }
  if (keep)
    remember (input);
  try_input (input, counts);
}

/* ---- what is mutated ---- */

/* The same model once more in each kind of picture. */
static void
add_pictures (GPtrArray *files, GPtrArray *trees, GBytes *file)
{
  /* A header and an end: all that matters to what looks for the model. */
  static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0\x3a\x7e"
                            "\x9b\x55\0\0\0\0IEND\xae\x42\x60\x82";
  static const char svg[] = "<svg width='4'><rect/></svg>";
  static const char pdf[] = "%PDF-1.5\n1 0 obj\n<< /Pages 2 0 R\n>>\nendobj\ntrailer\n<< /Size 4\n"
                            "   /Root 1 0 R\n   /Info 3 0 R\n>>\nstartxref\n64\n%%EOF\n";
  g_autoptr (TnGraph) graph = tn_format_parse (file, "model", NULL, NULL);
  GBytes *pictures[] = {
    [TN_CARRIER_PNG] = g_bytes_new_static (png, sizeof png - 1),
    [TN_CARRIER_SVG] = g_bytes_new_static (svg, sizeof svg - 1),
    [TN_CARRIER_PDF] = g_bytes_new_static (pdf, sizeof pdf - 1),
  };

  if (graph != NULL)
    for (TnCarrier carrier = TN_CARRIER_PNG; carrier <= TN_CARRIER_PDF; carrier++)
      {
        g_ptr_array_add (files, tn_carrier_load (carrier, pictures[carrier], graph));
        g_ptr_array_add (trees, NULL);
      }
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    g_bytes_unref (pictures[i]);
}

static void
add_models (const char *name, GPtrArray *files, GPtrArray *trees)
{
  GBytes *bytes = tn_cases_read (name);
  g_autoptr (TnValue) cases = NULL;
  const TnValue *graphs;

  if (!g_str_has_suffix (name, ".gz"))
    {
      g_ptr_array_add (files, bytes);
      g_ptr_array_add (trees, tn_format_json_parse (bytes, name, NULL));
      add_pictures (files, trees, bytes);
      return;
    }
  cases = tn_format_json_parse (bytes, name, NULL);
  g_bytes_unref (bytes);
  graphs = cases ? tn_value_lookup (cases, "graphs") : NULL;
  g_assert_nonnull (graphs);
  for (gsize i = 0; i < tn_value_size (graphs); i++)
    {
      const TnValue *model = tn_value_lookup (tn_value_at (graphs, i), "model");
      char *text;

      g_assert_nonnull (model);
      text = tn_format_json (model, FALSE);
      g_ptr_array_add (files, g_bytes_new_take (text, strlen (text)));
      g_ptr_array_add (trees, tn_value_ref (model));
    }
}

int
main (int argc, char *argv[])
{
  double seconds = 5;
  int seed = 1;
  gboolean keep = FALSE;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of the random numbers", "N" },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &keep, "Keep every input until it has passed", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, "Models", "FILE…" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GPtrArray) trees = g_ptr_array_new ();
  g_autoptr (GTimer) timer = g_timer_new ();
  GRand *rand;
  Counts counts = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !names)
    {
      fprintf (stderr, "fuzz-formats: %s\n", error ? error->message : "no files given");
      return 2;
    }
  for (guint i = 0; names[i]; i++)
    add_models (names[i], files, trees);

  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  rand = g_rand_new_with_seed ((guint32)seed);
  while (g_timer_elapsed (timer, NULL) < seconds)
    fuzz_once (rand, files, trees, keep, &counts);
  g_rand_free (rand);
  for (guint i = 0; i < trees->len; i++)
    g_clear_pointer (&trees->pdata[i], tn_value_unref);
  printf ("%u inputs: %u opened, %u damaged, %u not supported\n", counts.n_tried, counts.n_opened,
          counts.n_refused[TN_ERROR_SYNTAX], counts.n_refused[TN_ERROR_UNSUPPORTED]);
  /* Inputs that are all refused, or none, would prove nothing. */
  return counts.n_opened > 0 && counts.n_refused[TN_ERROR_SYNTAX] > 0 ? 0 : 1;
}
