/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of ways by sizes and threads, and its text. */
#include "exec/tn-tuning-private.h"

#include <string.h>

#include "kernels/tn-blis.h"
#include "kernels/tn-cpu.h"

#define MACHINE_GROUP  "machine"
#define MACHINE_KEY    "name"
#define THREADS_PREFIX "threads-"
#define MOST_THREADS   1024
#define MOST_KEY       400

typedef struct
{
  guint threads;
  TnWay way;
} Finding;

typedef struct
{
  guint64 age; /* larger: younger */
  GArray *findings;
} Entry;

struct _TnTuning
{
  gatomicrefcount ref_count;
  GHashTable *entries; /* key → Entry */
  guint64 age;         /* of the youngest */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_array_unref (entry->findings);
  g_free (entry);
}

TnTuning *
tn_tuning_new (void)
{
  TnTuning *tuning = g_new0 (TnTuning, 1);

  g_atomic_ref_count_init (&tuning->ref_count);
  tuning->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return tuning;
}

TnTuning *
tn_tuning_copy (const TnTuning *tuning)
{
  TnTuning *copy = tn_tuning_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, tuning->entries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Entry *entry = g_memdup2 (value, sizeof *entry);

      entry->findings = g_array_copy (entry->findings);
      g_hash_table_insert (copy->entries, g_strdup (key), entry);
    }
  copy->age = tuning->age;
  return copy;
}

TnTuning *
tn_tuning_ref (TnTuning *tuning)
{
  g_return_val_if_fail (tuning != NULL, NULL);
  g_atomic_ref_count_inc (&tuning->ref_count);
  return tuning;
}

void
tn_tuning_unref (TnTuning *tuning)
{
  if (tuning == NULL || !g_atomic_ref_count_dec (&tuning->ref_count))
    return;
  g_hash_table_unref (tuning->entries);
  g_free (tuning);
}

guint
tn_tuning_size (const TnTuning *tuning)
{
  return g_hash_table_size (tuning->entries);
}

/* ---- entries ---- */

static void
append_dims (GString *key, const TnShape *shape, gint64 batch, gint64 usual)
{
  for (int i = 0; i < shape->rank; i++)
    {
      gint64 size = tn_op_dim (shape, i);

      if (i == 0 && size % batch == 0)
        size = size / batch * usual;
      g_string_append_printf (key, "%c%" G_GINT64_FORMAT, i == 0 ? '_' : 'x', size);
    }
}

static void
append_three (GString *key, char letter, const gint64 *numbers)
{
  g_string_append_printf (key, "_%c", letter);
  for (int i = 0; i < 3; i++)
    g_string_append_printf (key, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", numbers[i]);
}

char *
tn_tuning_key (const TnOp *op, const TnOpCall *call, gint64 batch, gint64 usual)
{
  const TnOpSettings *settings = call->settings;

  if (op->way == NULL || op->way (call) == TN_WAY_RULE)
    return NULL;
  g_autoptr (GString) key = g_string_new (op->name);
  append_dims (key, call->inputs[0], batch, usual);
  append_dims (key, call->inputs[op->weights], 1, 1);
  append_dims (key, call->output, batch, usual);
  if (op != &tn_op_matmul)
    {
      append_three (key, 's', settings->stride);
      append_three (key, 'd', settings->dilation);
      append_three (key, 'p', settings->pad_before);
      g_string_append_printf (key, "_g%" G_GINT64_FORMAT, settings->groups);
    }
  if (call->n_inputs > 3 && call->inputs[3] != NULL)
    g_string_append (key, "_r");
  if (settings->approximate)
    g_string_append (key, "_a");
  return g_string_free (g_steal_pointer (&key), FALSE);
}

static void
forget_oldest (TnTuning *tuning)
{
  GHashTableIter iter;
  gpointer key, value;
  const char *oldest = NULL;
  guint64 age = G_MAXUINT64;

  g_hash_table_iter_init (&iter, tuning->entries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Entry *)value)->age < age)
      {
        age = ((Entry *)value)->age;
        oldest = key;
      }
  g_hash_table_remove (tuning->entries, oldest);
}

void
tn_tuning_set (TnTuning *tuning, const char *key, guint threads, TnWay way)
{
  Entry *entry = g_hash_table_lookup (tuning->entries, key);
  const Finding fresh = { threads, way };

  if (entry == NULL)
    {
      if (g_hash_table_size (tuning->entries) >= TN_TUNING_MOST)
        forget_oldest (tuning);
      entry = g_new0 (Entry, 1);
      entry->findings = g_array_new (FALSE, FALSE, sizeof (Finding));
      g_hash_table_insert (tuning->entries, g_strdup (key), entry);
    }
  entry->age = ++tuning->age;
  for (guint i = entry->findings->len; i-- > 0;)
    {
      const Finding *known = &g_array_index (entry->findings, Finding, i);

      if (known->threads == threads || !tn_way_same_bits (known->way, way))
        g_array_remove_index (entry->findings, i);
    }
  g_array_append_val (entry->findings, fresh);
}

TnWay
tn_tuning_find (const TnTuning *tuning, const char *key, guint threads)
{
  const Entry *entry = g_hash_table_lookup (tuning->entries, key);

  if (entry == NULL)
    return TN_WAY_RULE;
  for (guint i = 0; i < entry->findings->len; i++)
    if (g_array_index (entry->findings, Finding, i).threads == threads)
      return g_array_index (entry->findings, Finding, i).way;
  return g_array_index (entry->findings, Finding, entry->findings->len - 1).way;
}

/* ---- text ---- */

char *
tn_tuning_machine (void)
{
  return g_strdup_printf ("%s; %s; %" G_GSIZE_FORMAT " KiB; BLIS %s (%s); tenon %s", tn_cpu_name (),
                          tn_isa_name (tn_cpu ()->isa), tn_cpu ()->l2 / 1024, tn_blis_version (),
                          tn_blis_architecture (), TN_VERSION);
}

static gint
compare_ages (gconstpointer a, gconstpointer b, gpointer data)
{
  const Entry *first = g_hash_table_lookup (data, *(char *const *)a);
  const Entry *second = g_hash_table_lookup (data, *(char *const *)b);

  return first->age < second->age ? -1 : first->age > second->age;
}

char *
tn_tuning_to_text (const TnTuning *tuning)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *machine = tn_tuning_machine ();
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_key_file_set_string (file, MACHINE_GROUP, MACHINE_KEY, machine);
  g_hash_table_iter_init (&iter, tuning->entries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  /* The oldest first, so that reading them keeps their order. */
  g_ptr_array_sort_with_data (keys, compare_ages, tuning->entries);
  for (guint i = 0; i < keys->len; i++)
    {
      const Entry *entry = g_hash_table_lookup (tuning->entries, keys->pdata[i]);

      for (guint j = 0; j < entry->findings->len; j++)
        {
          const Finding *finding = &g_array_index (entry->findings, Finding, j);
          g_autofree char *group = g_strdup_printf (THREADS_PREFIX "%u", finding->threads);

          g_key_file_set_string (file, group, keys->pdata[i], tn_way_name (finding->way));
        }
    }
  return g_key_file_to_data (file, NULL, NULL);
}

/* What is nothing of the sort is passed over. */
static void
read_group (TnTuning *tuning, GKeyFile *file, const char *group)
{
  g_auto (GStrv) keys = NULL;
  guint64 threads;

  if (!g_str_has_prefix (group, THREADS_PREFIX)
      || !g_ascii_string_to_unsigned (group + strlen (THREADS_PREFIX), 10, 1, MOST_THREADS,
                                      &threads, NULL))
    return;
  keys = g_key_file_get_keys (file, group, NULL, NULL);
  for (guint i = 0; keys != NULL && keys[i] != NULL && tn_tuning_size (tuning) < TN_TUNING_MOST;
       i++)
    {
      g_autofree char *name = g_key_file_get_string (file, group, keys[i], NULL);
      TnWay way;

      if (name != NULL && strlen (keys[i]) <= MOST_KEY && tn_way_from_name (name, &way)
          && way != TN_WAY_RULE)
        tn_tuning_set (tuning, keys[i], (guint)threads, way);
    }
}

TnTuning *
tn_tuning_from_text (const char *text, gsize length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (TnTuning) tuning = NULL;
  g_autofree char *here = tn_tuning_machine ();
  g_autofree char *there = NULL;
  g_auto (GStrv) groups = NULL;

  if (length == 0 || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return NULL;
  there = g_key_file_get_string (file, MACHINE_GROUP, MACHINE_KEY, NULL);
  if (g_strcmp0 (here, there) != 0)
    return NULL;
  tuning = tn_tuning_new ();
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    read_group (tuning, file, groups[i]);
  return g_steal_pointer (&tuning);
}
