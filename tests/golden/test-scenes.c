/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the bundled examples look like, compared line by line with what was looked at and kept. */
#include <string.h>

#include "formats/tn-format.h"
#include "graph/tn-draft.h"
#include "scene/tn-scene.h"

typedef struct
{
  const char *example;
  TnDirection direction;
  TnDenseInputs dense_inputs;
  const char *closed; /* a group, or NULL */
} Case;

static const Case cases[] = {
  { "conv-flatten-dense", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "conv-flatten-dense", TN_DIRECTION_RIGHT, TN_DENSE_FLAT },
  { "conv-pool-flatten-dense", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "missing-flatten", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "missing-flatten", TN_DIRECTION_DOWN, TN_DENSE_ANY },
  { "reshape-1600", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "dense-256-meets-4096", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "dense-256-meets-4096", TN_DIRECTION_RIGHT, TN_DENSE_FLAT },
  { "target-4096-on-dense-256", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "target-4096-on-dense-256", TN_DIRECTION_RIGHT, TN_DENSE_FLAT },
  { "siamese", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "siamese", TN_DIRECTION_RIGHT, TN_DENSE_FLAT },
  { "siamese", TN_DIRECTION_DOWN, TN_DENSE_FLAT, "encoder" },
  { "siamese", TN_DIRECTION_RIGHT, TN_DENSE_FLAT, "encoder" },
  { "transfer", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "transfer", TN_DIRECTION_DOWN, TN_DENSE_FLAT, "encoder/head" },
  { "marks", TN_DIRECTION_DOWN, TN_DENSE_FLAT },
  { "marks", TN_DIRECTION_RIGHT, TN_DENSE_FLAT },
  { "siamese-other-input", TN_DIRECTION_DOWN, TN_DENSE_FLAT, "encoder" },
};

static char *
path_of (const Case *test)
{
  g_autofree char *example = g_strconcat (test->example, ".tenon", NULL);
  g_autofree char *file = g_strconcat (test->example, ".json", NULL);
  char *path = g_test_build_filename (G_TEST_DIST, "resources", "examples", example, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return g_test_build_filename (G_TEST_DIST, "tests", "golden", "files", file, NULL);
}

static char *
dump_of (const Case *test)
{
  g_autofree char *path = path_of (test);
  g_autoptr (GError) error = NULL;
  TnFormat format;
  g_autoptr (TnGraph) read = tn_format_read (path, &format, &error);
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) ruled = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (TnScene) scene = NULL;
  TnSceneOptions options = { .theme = TN_THEME_LIGHT, .direction = test->direction };

  g_assert_no_error (error);
  draft = tn_draft_new (read);
  tn_draft_set_dense_inputs (draft, test->dense_inputs);
  if (test->closed != NULL)
    tn_draft_open_group (draft, test->closed, FALSE);
  ruled = tn_draft_finish (draft);
  /* By the layout, so that it is looked at as well; places of the file are its own affair. */
  graph = tn_layout (ruled, TRUE);
  facts = tn_infer (graph, NULL, NULL);
  scene = tn_scene_new (graph, facts, &options);
  return tn_scene_dump (scene);
}

static void
assert_same_lines (const char *path, const char *expected, const char *found)
{
  g_auto (GStrv) left = g_strsplit (expected, "\n", -1);
  g_auto (GStrv) right = g_strsplit (found, "\n", -1);

  for (guint i = 0; left[i] != NULL || right[i] != NULL; i++)
    {
      if (g_strcmp0 (left[i], right[i]) != 0)
        g_error ("%s, line %u:\n  kept  %s\n  found %s\n(TENON_GOLDEN=write keeps what is found)",
                 path, i + 1, left[i] != NULL ? left[i] : "the end",
                 right[i] != NULL ? right[i] : "the end");
    }
}

static void
test_golden (gconstpointer data)
{
  const Case *test = data;
  /* "encoder/head" is head. */
  g_autofree char *closed = test->closed != NULL
                                ? g_strdup_printf ("-closed-%s", tn_name_own (test->closed))
                                : g_strdup ("");
  g_autofree char *name
      = g_strdup_printf ("%s-%s%s%s.scene", test->example, tn_direction_name (test->direction),
                         test->dense_inputs == TN_DENSE_ANY ? "-any" : "", closed);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tests", "golden", name, NULL);
  g_autofree char *found = dump_of (test);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (g_getenv ("TENON_GOLDEN"), "write") == 0)
    {
      g_assert_true (g_file_set_contents (path, found, -1, &error));
      g_test_message ("wrote %s", path);
      return;
    }
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  assert_same_lines (path, expected, found);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf (
          "/golden/%s/%s%s%s%s", cases[i].example, tn_direction_name (cases[i].direction),
          cases[i].dense_inputs == TN_DENSE_ANY ? "/any" : "",
          cases[i].closed != NULL ? "/closed-" : "",
          cases[i].closed != NULL ? tn_name_own (cases[i].closed) : "");

      g_test_add_data_func (name, &cases[i], test_golden);
    }
  return g_test_run ();
}
