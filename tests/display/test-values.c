/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of the selected layer: they follow the selection, the tensor and the plane. */
#include <string.h>

#include "tn-window-fixture.h"

#define FITS                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flatten Flatten 0 80 conv | "               \
  "dense Dense 0 220 flatten"

static gboolean
has_values (gpointer data)
{
  TnWindowFixture *fixture = data;

  return tn_values_view_values (tn_window_values_view (fixture->window)) != NULL;
}

static const TnValues *
wait_for (TnWindowFixture *fixture)
{
  g_assert_true (tn_display_wait (has_values, fixture));
  tn_display_settle (fixture->widget);
  return tn_values_view_values (tn_window_values_view (fixture->window));
}

static void
test_follow (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  const TnValues *values;

  tn_run_panel_set_options (tn_window_run_panel (fixture->window), 3, 2);
  tn_window_fixture_click_node (fixture, "conv");
  tn_display_key ("<Alt>4");
  values = wait_for (fixture);
  tn_display_screenshot (fixture->widget, "values-maps");
  g_assert_cmpstr (values->name, ==, "conv");
  g_assert_cmpint (values->samples, ==, 3);
  g_assert_cmpfloat (values->std, >, 0);

  tn_window_fixture_click_node (fixture, "dense");
  values = wait_for (fixture);
  g_assert_cmpstr (values->name, ==, "dense");
  g_assert_cmpint (tn_tensor_shape (values->tensor)->rank, ==, 2);
  tn_window_fixture_free (fixture);
}

static gboolean
is_list (GtkWidget *widget, gconstpointer unused)
{
  return gtk_widget_get_mapped (widget);
}

/* From the output to the kernel by the keyboard. */
static void
test_weight (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  GtkWidget *view = GTK_WIDGET (tn_window_values_view (fixture->window));
  GtkWidget *list;
  const TnValues *values;
  g_autofree char *table = NULL;

  tn_run_panel_set_options (tn_window_run_panel (fixture->window), 2, 2);
  tn_window_fixture_click_node (fixture, "dense");
  tn_display_key ("<Alt>4");
  wait_for (fixture);
  list = tn_window_fixture_find (view, GTK_TYPE_DROP_DOWN, is_list, NULL);
  g_assert_nonnull (list);
  gtk_widget_grab_focus (list);
  tn_display_key ("space");
  tn_display_pump (300);
  tn_display_key ("Down");
  tn_display_key ("Return");
  tn_display_pump (100);
  values = wait_for (fixture);
  g_assert_cmpstr (values->name, ==, "dense/kernel");
  g_assert_cmpint (values->samples, ==, 0);
  table = tn_values_view_table (TN_VALUES_VIEW (view));
  g_assert_cmpuint (strlen (table), >, 20);
  tn_window_fixture_free (fixture);
}

/* One map, enlarged by a click and shown with all others by Escape. */
static void
test_enlarge (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  GtkWidget *view = GTK_WIDGET (tn_window_values_view (fixture->window));
  GtkWidget *maps;
  guint8 all[3], one[3], again[3];
  int width, height;

  tn_run_panel_set_options (tn_window_run_panel (fixture->window), 1, 1);
  tn_window_fixture_click_node (fixture, "conv");
  tn_display_key ("<Alt>4");
  wait_for (fixture);
  maps = tn_window_fixture_find (view, GTK_TYPE_DRAWING_AREA, is_list, NULL);
  g_assert_nonnull (maps);
  width = gtk_widget_get_width (maps);
  height = gtk_widget_get_height (maps);
  g_assert_cmpint (height, >, 30);
  /* What lies right of one map, which is as high as it may be, is empty. */
  tn_display_pixel (maps, width * 0.7, 14, all);
  tn_display_click (maps, 12, 12, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "values-one");
  tn_display_pixel (maps, width * 0.7, 14, one);
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "values-again");
  tn_display_pixel (maps, width * 0.7, 14, again);
  g_assert_cmpmem (all, 3, again, 3);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/values/follow", test_follow);
  g_test_add_func ("/values/weight", test_weight);
  g_test_add_func ("/values/enlarge", test_enlarge);
  return g_test_run ();
}
