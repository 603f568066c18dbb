Console.WriteLine("PayFlow");
