/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The indexes find exactly what looking at everything finds. */
#include "scene/tn-cells.h"
#include "scene/tn-spatial.h"

static TnRect
random_rect (double extent, double largest)
{
  return (TnRect){ g_test_rand_double_range (-extent, extent),
                   g_test_rand_double_range (-extent, extent),
                   g_test_rand_double_range (0, largest), g_test_rand_double_range (0, largest) };
}

static void
check (guint n, double extent, double largest)
{
  g_autofree TnRect *boxes = g_new (TnRect, n + 1);
  g_autoptr (TnSpatial) spatial = NULL;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < n; i++)
    boxes[i] = random_rect (extent, largest);
  /* Something very far away must not spoil the rest. */
  if (n > 2)
    boxes[n / 2] = (TnRect){ 1e6, -1e6, 10, 10 };
  spatial = tn_spatial_new (boxes, n);
  for (guint query = 0; query < 50; query++)
    {
      TnRect rect = random_rect (extent, extent * (query % 5) / 4 + 1);
      guint position = 0;

      g_array_set_size (found, 0);
      tn_spatial_query (spatial, rect, found);
      for (guint i = 0; i < n; i++)
        if (tn_rect_intersects (boxes[i], rect))
          {
            g_assert_cmpuint (position, <, found->len);
            g_assert_cmpuint (g_array_index (found, guint, position), ==, i);
            position++;
          }
      g_assert_cmpuint (position, ==, found->len);
    }
}

static void
test_spatial (void)
{
  static const guint sizes[] = { 0, 1, 2, 15, 16, 17, 255, 256, 257, 4097 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check (sizes[i], 1000, 60);
      check (sizes[i], 1000, 0.01);
      check (sizes[i], 1, 1000);
    }
}

static gboolean
overlap (TnRect a, TnRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

static void
test_cells (void)
{
  g_autoptr (TnCells) cells = tn_cells_new (64);
  g_autofree TnRect *added = g_new (TnRect, 600);

  for (guint i = 0; i < 600; i++)
    {
      TnRect probe = random_rect (3000, i % 7 == 0 ? 4000 : 90);
      gboolean expected = FALSE;

      for (guint j = 0; j < i; j++)
        expected = expected || overlap (added[j], probe);
      g_assert_cmpint (tn_cells_taken (cells, probe), ==, expected);
      added[i] = random_rect (3000, i % 50 == 0 ? 3000 : 90);
      tn_cells_add (cells, added[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/spatial/queries", test_spatial);
  g_test_add_func ("/scene/spatial/cells", test_cells);
  return g_test_run ();
}
