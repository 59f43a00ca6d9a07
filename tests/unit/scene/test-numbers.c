/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers to look at: which plane is usual, its values and table, colours, and where pictures are.
 */
#include <math.h>

#include "scene/tn-numbers.h"

/* Every number is its own place: 1·column + 10·row + … along the axes from the last. */
static TnTensor *
tensor_of (const char *text)
{
  TnShape shape;
  TnTensor *tensor;

  g_assert_true (tn_shape_from_text (text, &shape));
  tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  for (gsize i = 0; i < tn_tensor_elements (tensor); i++)
    {
      gsize rest = i, power = 1;
      float value = 0;

      for (int axis = shape.rank - 1; axis >= 0; axis--)
        {
          value += (float)(rest % (gsize)shape.dims[axis].size * power);
          rest /= (gsize)shape.dims[axis].size;
          power *= 10;
        }
      tn_tensor_floats (tensor)[i] = value;
    }
  return tensor;
}

static void
test_usual (void)
{
  static const struct
  {
    const char *shape;
    gboolean samples, channels_first;
    int rows, columns, maps;
  } cases[] = {
    { "(8, 5)", TRUE, FALSE, 0, 1, -1 },         { "(8, 7, 5)", TRUE, FALSE, 1, 2, -1 },
    { "(8, 7, 5, 3)", TRUE, FALSE, 1, 2, 3 },    { "(8, 3, 7, 5)", TRUE, TRUE, 2, 3, 1 },
    { "(8, 4, 7, 5, 3)", TRUE, FALSE, 2, 3, 4 }, { "(3, 3, 1, 32)", FALSE, FALSE, 0, 1, 3 },
    { "(32,)", FALSE, FALSE, -1, 0, -1 },        { "(9, 4)", FALSE, FALSE, 0, 1, -1 },
    { "(6,)", TRUE, FALSE, -1, 0, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TnShape shape;
      TnNumbersView view;

      g_assert_true (tn_shape_from_text (cases[i].shape, &shape));
      view = tn_numbers_view (&shape, cases[i].samples, cases[i].channels_first);
      g_assert_cmpint (view.rows, ==, cases[i].rows);
      g_assert_cmpint (view.columns, ==, cases[i].columns);
      g_assert_cmpint (view.maps, ==, cases[i].maps);
    }
}

static void
test_values (void)
{
  g_autoptr (TnTensor) tensor = tensor_of ("(2, 4, 5, 3)");
  TnNumbersView view = tn_numbers_view (tn_tensor_shape (tensor), TRUE, FALSE);

  view.at[0] = 1;
  g_assert_cmpfloat (tn_numbers_value (tensor, &view, 2, 3, 4), ==, 1342);
  view.rows = 3;
  view.maps = 1;
  g_assert_cmpfloat (tn_numbers_value (tensor, &view, 0, 2, 4), ==, 1042);
}

static void
test_table (void)
{
  g_autoptr (TnTensor) tensor = tensor_of ("(2, 3)");
  TnNumbersView view = tn_numbers_view (tn_tensor_shape (tensor), TRUE, FALSE);
  g_autofree char *whole = tn_numbers_table (tensor, &view, 10, 10);
  g_autofree char *part = tn_numbers_table (tensor, &view, 1, 2);

  g_assert_cmpstr (whole, ==,
                   "     0    1    2\n"
                   "0    0    1    2\n"
                   "1   10   11   12\n");
  g_assert_cmpstr (part, ==,
                   "     0    1  …\n"
                   "0    0    1  …\n"
                   "…\n");
}

/* A number keeps its sign in its colour; what is none is told apart from all. */
static void
test_colors (void)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  TnColor zero = tn_numbers_color (style, 0, -1, 2);
  TnColor most = tn_numbers_color (style, 2, -1, 2);
  TnColor least = tn_numbers_color (style, -2, -2, 1);
  TnColor none = tn_numbers_color (style, NAN, -1, 2);

  g_assert_cmpfloat (zero.red, ==, style->box.red);
  g_assert_cmpfloat (most.red, ==, style->heat.red);
  g_assert_cmpfloat (least.blue, ==, style->selection.blue);
  g_assert_cmpfloat (none.green, ==, style->error.green);
}

/* What is drawn at a point is what is picked there. */
static void
test_pick (void)
{
  g_autoptr (TnTensor) tensor = tensor_of ("(1, 4, 5, 9)");
  const TnShape *shape = tn_tensor_shape (tensor);
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  TnNumbersView view = tn_numbers_view (shape, TRUE, FALSE);
  TnRect area = { 10, 10, 300, 240 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 320, 260);
  cairo_t *cr = cairo_create (surface);
  const unsigned char *data;
  gboolean seen[9] = { FALSE };

  tn_numbers_draw_maps (style, cr, area, tensor, &view, -1, 0, 350);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  for (int y = 10; y < 250; y += 3)
    for (int x = 10; x < 310; x += 3)
      {
        gint64 map, row, column;
        TnColor color;
        int red = data[y * cairo_image_surface_get_stride (surface) + 4 * x + 2];
        int next = data[y * cairo_image_surface_get_stride (surface) + 4 * (x + 2) + 2];

        if (!tn_numbers_pick (area, shape, &view, -1, x + 0.5, y + 0.5, &map, &row, &column)
            || red != next)
          continue;
        color
            = tn_numbers_color (style, tn_numbers_value (tensor, &view, map, row, column), 0, 350);
        /* But for the frame around each of them. */
        if (ABS (red - lround (color.red * 255)) <= 1)
          seen[map] = TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_true (seen[i]);
  gint64 map, row, column;
  g_assert_true (tn_numbers_pick (area, shape, &view, 4, 12, 12, &map, &row, &column));
  g_assert_cmpint (map, ==, 4);
  g_assert_cmpint (row, ==, 0);
  g_assert_false (tn_numbers_pick (area, shape, &view, 4, 5, 5, &map, &row, &column));
  cairo_surface_destroy (surface);
}

/* The highest bar reaches up, an empty part has none. */
static void
test_histogram (void)
{
  const guint64 bins[] = { 100, 0, 1, 50 };
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 40, 122);
  cairo_t *cr = cairo_create (surface);
  const unsigned char *data;
  int stride;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  tn_numbers_draw_histogram (style, cr, (TnRect){ 0, 0, 40, 122 }, bins, 4, -1, 1);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  g_assert_cmpint (data[2 * stride + 4 * 4 + 2], <, 200);
  g_assert_cmpint (data[2 * stride + 4 * 14 + 2], ==, 255);
  g_assert_cmpint (data[98 * stride + 4 * 14 + 2], ==, 255);
  g_assert_cmpint (data[99 * stride + 4 * 24 + 2], <, 255);
  g_assert_cmpint (data[30 * stride + 4 * 34 + 2], ==, 255);
  g_assert_cmpint (data[60 * stride + 4 * 34 + 2], <, 200);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/numbers/usual", test_usual);
  g_test_add_func ("/numbers/values", test_values);
  g_test_add_func ("/numbers/table", test_table);
  g_test_add_func ("/numbers/colors", test_colors);
  g_test_add_func ("/numbers/pick", test_pick);
  g_test_add_func ("/numbers/histogram", test_histogram);
  return g_test_run ();
}
